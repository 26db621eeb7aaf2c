/** The pipeline: documents and locked packages become images, a kernel, and the segments of an initramfs. */
package dev.osie.build.assemble;
