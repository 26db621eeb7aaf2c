/** The command line: one class a verb, and the only place that prints, asks or exits. */
package dev.osie.build.cli;
