/** The options of the command line, as mixins that the commands share. */
package io.github.descent4j.mnist.option;
