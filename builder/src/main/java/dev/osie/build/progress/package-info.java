/** Events of a running build, for whoever shows them. */
package dev.osie.build.progress;
