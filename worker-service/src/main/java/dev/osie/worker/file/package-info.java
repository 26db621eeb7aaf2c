/** A workflow that lies on this machine, without a server. */
package dev.osie.worker.file;
