/** How often to try again. */
package dev.osie.worker.retry;
