/** Care of the store: what is in it, pruning, checking, and carrying its content to another machine. */
package dev.osie.build.cache;
