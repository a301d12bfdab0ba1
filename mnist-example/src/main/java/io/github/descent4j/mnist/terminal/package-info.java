/** What a terminal shows, and the signals it sends. */
package io.github.descent4j.mnist.terminal;
