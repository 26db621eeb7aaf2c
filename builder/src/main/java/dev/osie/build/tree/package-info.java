/** The model of a file-system tree, and its tar form. */
package dev.osie.build.tree;
