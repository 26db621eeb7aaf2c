/** Kernels: which package holds one, which of its modules go into the image, and the indexes by which they are found and loaded. */
package dev.osie.build.kernel;
