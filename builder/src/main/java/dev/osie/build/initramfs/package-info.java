/** The initramfs: newc archives, their compression, and the segments of which the file consists. */
package dev.osie.build.initramfs;
