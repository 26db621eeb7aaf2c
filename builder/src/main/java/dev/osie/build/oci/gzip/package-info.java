/**
 * A gzip writer in Java alone. The platform's own is a zlib that differs from one installation to the next, and so do the bytes it makes;
 * these are the same everywhere, so that a layer has one digest.
 */
package dev.osie.build.oci.gzip;
