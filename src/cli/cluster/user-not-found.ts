import {BiomajError} from '../../shared/errors.js'

export function userNotFound(user: string): BiomajError {
  return new BiomajError({
    code: 'user_not_found',
    message: `There is no user "${user}" in this cluster`,
    hint: 'See `biomaj cluster user list`.',
    details: {user},
  })
}
