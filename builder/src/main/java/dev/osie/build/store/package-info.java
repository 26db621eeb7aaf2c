/** Content-addressed blobs and the step cache. */
package dev.osie.build.store;
