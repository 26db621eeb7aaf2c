/** {@code osie.lock}: the exact inputs of a build, what resolves them, and the file that keeps them. */
package dev.osie.build.lock;
