/** What the worker is told, and where it looks for that. */
package dev.osie.worker.settings;
