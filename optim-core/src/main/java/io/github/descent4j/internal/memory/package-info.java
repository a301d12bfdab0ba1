/** The memory behind ND4J's arrays, whatever their layout and type. */
package io.github.descent4j.internal.memory;
