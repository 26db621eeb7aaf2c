/** Actions as containers of containerd. */
package dev.osie.worker.containerd;
