/**
 * The MNIST trainer. {@link io.github.descent4j.mnist.Main} is the command with its exit statuses; the rooms, from the top down, where
 * each uses those after it only:
 *
 * <ul>
 *   <li>{@code command}: train, evaluate, predict, compare, find-lr, landscape
 *   <li>{@code option}: their options
 *   <li>{@code compare}, {@code landscape}: many runs, and runs on functions of two variables
 *   <li>{@code run}: one run, its checkpoints, its evaluation
 *   <li>{@code report}, {@code chart}: what a run leaves for its reader
 *   <li>{@code settings}: what a run is to do
 *   <li>{@code terminal}: bars, pictures in letters, signals
 *   <li>{@code data}: images and files
 * </ul>
 */
package io.github.descent4j.mnist;
