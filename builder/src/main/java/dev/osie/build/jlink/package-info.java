/**
 * Links a Java runtime from the {@code jmods} of a JDK without running any program of that JDK.
 *
 * <p>The JDK's own jlink must run on the architecture and operating system it was built for, and links only modules of its own version. A
 * build on another system would need an emulator, and the bytes would depend on it. Linking is mostly putting files together; what it takes
 * beyond that, the container format of {@code lib/modules}, is written here.
 */
package dev.osie.build.jlink;
