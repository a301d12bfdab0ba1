package io.github.descent4j.mnist.landscape;

import io.github.descent4j.Optimizer;
import java.util.function.DoubleFunction;

/** An optimizer by name, made anew for every learning rate. */
public record Entrant(String name, DoubleFunction<Optimizer> withRate) {}
