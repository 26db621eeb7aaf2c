/** What the worker tells people. */
package dev.osie.worker.console;
