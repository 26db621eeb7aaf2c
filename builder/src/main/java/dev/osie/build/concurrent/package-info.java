/** Work that is done side by side. */
package dev.osie.build.concurrent;
