/** How a build fails: one exception type, whose kind is the exit code. */
package dev.osie.build.failure;
