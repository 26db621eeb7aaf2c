/** The machine's end, as actions ask for it. */
package dev.osie.worker.power;
