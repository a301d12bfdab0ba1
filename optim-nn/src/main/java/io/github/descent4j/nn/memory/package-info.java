/** Not API: how the layers and the datasets reach the memory of ND4J arrays. */
package io.github.descent4j.nn.memory;
