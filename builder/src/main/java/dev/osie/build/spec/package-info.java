/** OSIE documents (LinuxKit's eight sections and {@code osie:}) as records, read strictly and with positions. */
package dev.osie.build.spec;
