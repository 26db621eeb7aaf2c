/** Debian archives: signed indexes, version order, dependency resolution, and reading of {@code .deb} files. */
package dev.osie.build.debian;
