/** Flavors, pieces, overlays and variables become one OSIE document. */
package dev.osie.build.compose;
