/** Running actions in containers, whichever program runs those. */
package dev.osie.worker.container;
