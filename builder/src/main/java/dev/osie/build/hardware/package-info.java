/** Devices of machines, and which driver of a kernel is for them. */
package dev.osie.build.hardware;
