/** The places that images come from, by the names that skopeo gives them. */
package dev.osie.build.oci.source;
