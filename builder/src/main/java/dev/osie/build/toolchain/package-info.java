/** Compilers, run in a container or natively. */
package dev.osie.build.toolchain;
