/** Images from image layouts and archives, none of which is trusted: what they hold is bounded, and compared with its digests. */
package dev.osie.build.oci.archive;
