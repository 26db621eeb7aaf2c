/** What the machine is made of, as Linux shows it under /sys and /proc. */
package dev.osie.worker.inventory;
