/** What is read and written: images, pictures, JSON, and files that are whole or not there. */
package io.github.descent4j.mnist.data;
