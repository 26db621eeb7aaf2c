/** Images of a Docker daemon, over its API. */
package dev.osie.build.oci.daemon;
