/** QEMU: which accelerator works here, and the command line that boots a pair. */
package dev.osie.build.vm;
