/** Image registries, where a runtime doesn't speak to them itself. */
package dev.osie.worker.registry;
