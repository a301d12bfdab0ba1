/** The commands, each a class: what it checks, does and prints. */
package io.github.descent4j.mnist.command;
