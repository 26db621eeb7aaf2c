/** What an OSIE is built for. */
package dev.osie.build.platform;
