/**
 * Recipes ({@code images/NAME/image.yaml}) and the OCI images that are built from them: a layer for each Debian package, a linked Java
 * runtime, the layers of a Java application, and the recipe's own files on top.
 */
package dev.osie.build.image;
