/** Images from registries and to them (OCI distribution specification, "Pull" and "Push"). */
package dev.osie.build.oci.registry;
