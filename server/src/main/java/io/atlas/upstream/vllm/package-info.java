/** What a model server tells of itself, under vLLM's names, so that dashboards and routers made for it can be tried. */
@NullMarked
package io.atlas.upstream.vllm;

import org.jspecify.annotations.NullMarked;
