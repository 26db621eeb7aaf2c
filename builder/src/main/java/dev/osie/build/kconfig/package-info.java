/** Configuration of Linux kernels: fragments, their merge, and what became of it (Linux documentation, "Kconfig"). */
package dev.osie.build.kconfig;
