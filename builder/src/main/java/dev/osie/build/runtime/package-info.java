/**
 * What a container runtime finds on the machine: bundles in LinuxKit's layout (config.json and runtime.json), the scripts that
 * prepare them, volumes, and the document's files.
 */
package dev.osie.build.runtime;
