/** Images from registries (OCI distribution specification, "Pull"). */
package dev.osie.build.oci.registry;
