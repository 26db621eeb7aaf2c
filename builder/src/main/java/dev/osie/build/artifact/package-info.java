/** What a build leaves for the user: the pair, its checksums, its document and its manifest. */
package dev.osie.build.artifact;
