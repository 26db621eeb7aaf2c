/** YAML with positions: every value knows its file, line and column, and problems are collected rather than thrown one by one. */
package dev.osie.build.yaml;
