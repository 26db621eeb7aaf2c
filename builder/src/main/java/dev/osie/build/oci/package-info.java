/**
 * OCI images: references, descriptors, manifests and configurations (OCI image specification 1.1), and the image layout that the
 * store's directory is.
 */
package dev.osie.build.oci;
