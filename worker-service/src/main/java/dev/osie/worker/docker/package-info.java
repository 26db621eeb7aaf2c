/** Actions as Docker containers. */
package dev.osie.worker.docker;
