/** Where the console's lines are kept and sent as well. */
package dev.osie.worker.journal;
