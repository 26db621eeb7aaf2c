/** The images of actions: their names, and how they are had. */
package dev.osie.worker.image;
