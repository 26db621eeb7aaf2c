/** Linux kernels compiled from source (Linux documentation, "Kbuild"). */
package dev.osie.build.kbuild;
