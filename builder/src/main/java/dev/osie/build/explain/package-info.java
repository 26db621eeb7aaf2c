/** Where a value of the composed document, or a file of the initramfs, comes from. */
package dev.osie.build.explain;
