/** Writing JSON. */
package dev.osie.worker.json;
